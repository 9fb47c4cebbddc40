// JSX: tags and members that read variables, attributes, children, spreads.
import * as Ui from './ui';
import { Panel, useThing } from './panel';

export function View({ Tag, items, ...props }: { Tag: any; items: string[] }) {
  const [state, setState] = useThing(items);
  const Local = state.tag;
  return (
    <Panel {...props} key={state} onClick={() => setState((state) => state)} title="x">
      <Tag item={items[0]}>{state}</Tag>
      <Ui.Card.Head state={<Local />} />
      <div data-state={state} {...{ items }}>
        {items.map((item, i) => (
          <Local key={i}>
            {item}
            <Local.Part item={item} />
          </Local>
        ))}
        {...items}
      </div>
      <>
        {/* nothing */}
        <svg:rect width={state} />
      </>
      {((Panel) => <Panel />)(Tag)}
    </Panel>
  );
}
const generic = <T,>(value: T) => <View<T> value={value} />;
export default generic;
