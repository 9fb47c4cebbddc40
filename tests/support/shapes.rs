//! Texts of many alike things of each kind, as bundles and generated code have them, of any size.

/// A kind of text.
pub struct Shape {
    pub name: &'static str,
    before: &'static str,
    /// Stands again and again: `{n}` is its number and `{m}` the next.
    unit: String,
    behind: &'static str,
    /// What stands between two of them.
    between: char,
}

/// What a shape is called, what stands before its units, one of them, and what stands behind.
const SHAPES: &[(&str, &str, &str, &str)] = &[
    (
        "effects",
        "",
        "export function V{n}(){useEffect(()=>{const h=()=>1;window.addEventListener('a',h);return()=>window.removeEventListener('a',h)},[]);}",
        "",
    ),
    ("calls of a function declared again and again", "", "function g{n}(){f0();}function f0(){}", ""),
    ("functions in one variable", "", "v=function(){return v({n})};", ""),
    ("a function that registers itself", "", "reg(h,{n});function h(){reg(h)}", ""),
    ("functions in one property", "", "i.exports=function(t){return 1};", ""),
    ("one method again and again", "", "A.prototype.m=function(){this.x=1};", ""),
    (
        "modules of a bundle",
        "",
        "!function(e,t){\"use strict\";var n=t(42),r=n.n(e);e.exports=function(t){return t&&t.length?r(t,{a:[1,2,3],b:\"c\"}):null}}(i,o);",
        "",
    ),
    ("subclasses", "", "class C{m} extends C{n}{close(){super.close()} m(){this.on('a',()=>this.m())}}", ""),
    (
        "classes with a timer",
        "",
        "class C{n}{constructor(){this.t=setInterval(()=>this.x(),1)} close(){clearInterval(this.t)}}",
        "",
    ),
    (
        "objects with methods",
        "",
        "var o{n}={a:function(){return this.b()},b:function(){return o{n}.a()}};",
        "",
    ),
    ("one timer again and again", "", "timer=setInterval(()=>{a({n})},1);clearInterval(timer);", ""),
    (
        "classes with a map",
        "",
        "export class S{n}{constructor(e){this.m=new Map();e.on('x',()=>this.m.set(1,2))}add(k){this.m.set(k,1)}get(k){return this.m.get(k)}}",
        "",
    ),
    (
        "large values that closures keep",
        "",
        "function q{n}(){var b=Buffer.alloc(1e7);return function(){return b}}",
        "",
    ),
    (
        "suppressed lines",
        "",
        "// leaklint-disable-next-line uncleared-interval\na.get('/',(r)=>{setInterval(()=>r.x({n}),1)});",
        "",
    ),
    (
        "suppressions that never end",
        "",
        "// leaklint-disable uncleared-interval\na.get('/',(r)=>{setInterval(()=>r.x({n}),1)});",
        "",
    ),
    ("listeners on one target", "", "function l{n}(){window.addEventListener('e{n}',()=>l{n}())}", ""),
    ("listeners for one event", "", "function l{n}(){window.addEventListener('e',()=>l{n}())}", ""),
    (
        "listeners and their removals",
        "",
        "function l{n}(){bus.on('e{n}',h{n})}function r{n}(){bus.off('e{n}',h{n})}function h{n}(){}",
        "",
    ),
    (
        "removals of one event",
        "",
        "function l{n}(){bus.on('e',h{n})}function r{n}(){bus.off('e',h{n})}function h{n}(){}",
        "",
    ),
    ("handlers that fill one list", "", "app.get('/{n}',(q)=>{log.push(q.url)});", ""),
    ("a chain of names", "", "p{m}=p{n};", ""),
    ("two names of each other", "", "q=w;w=q;function k{n}(){q()}", ""),
    (
        "classes that listen",
        "",
        "class E{n} extends EventEmitter{start(){this.bus.on('x',this.h)}stop(){this.bus.off('x',this.h)}h(){}}",
        "",
    ),
    ("listeners in one function", "function big(w){", "w.on('e{n}',()=>f({n}));", "}"),
    (
        "large values in one function",
        "function big(){",
        "const c{n}=Buffer.alloc(1e7);k(()=>c{n});",
        "return ()=>1}",
    ),
    ("methods of one class", "class K{", "m{n}(){this.m{m}()}", "}"),
    ("timers of one class", "export class K{", "m{n}(){this.t{n}=setInterval(()=>this.m(),1)}", "close(){}}"),
    (
        "ends of one class",
        "export class K{",
        "m{n}(){this.t{n}=setInterval(()=>this.m(),1)}close{n}(){clearInterval(this.t{n})}",
        "close(){}}",
    ),
    (
        "listeners of one class",
        "export class K{",
        "m{n}(){window.addEventListener('a{n}',this.h{n})}h{n}(){}",
        "close(){}}",
    ),
    (
        "forgotten listeners of one class",
        "export class K{close(){window.removeEventListener('a0',this.h0)}",
        "m{n}(){window.addEventListener('a{n}',this.h{n})}h{n}(){}",
        "}",
    ),
    (
        "maps of one class",
        "export class K{constructor(){",
        "this.c{n}=new Map();on('x',(k)=>this.c{n}.set(k.id,1));",
        "}}",
    ),
    (
        "ends of one timer",
        "export class K{constructor(){this.t=setInterval(()=>this.m(),1)}",
        "close{n}(){clearInterval(this.t)}",
        "}",
    ),
    (
        "effects of one component",
        "export function App(){",
        "useEffect(()=>{window.addEventListener('a',h{n});return()=>window.removeEventListener('a',h{n})},[]);",
        "return null}",
    ),
    ("functions that one function returns", "export function make(){", "if(a)return()=>f({n});", "}"),
    (
        "checks before one growth",
        "export const m=new Map();function z(a,b){",
        "if(!ok.has(a{n}))return;m.set(a,b);",
        "}",
    ),
    ("early returns", "export function z(a,b){", "if(a{n})return;setInterval(f,{n});", "}"),
    (
        "handlers of one end",
        "export function z(){",
        "bus.on('close',()=>x{n}());setInterval(()=>z(),1);",
        "}",
    ),
    ("functions with an end", "", "function k{n}(b){b.on('close',()=>x{n}());b.on('data',()=>k{n}(b));}", ""),
    ("variables of one function", "function f(){", "var v{n}=g({n});", "return v0}"),
    ("variables that one closure keeps", "function f(){", "let v{n}=g({n});", "return ()=>v0+v1}"),
    ("listeners for one event in one function", "function big(w){", "w.on('e',()=>f({n}));", "}"),
    (
        "listeners and removals in one function",
        "function big(w){",
        "w.on('e{n}',h{n});w.off('e{n}',h{n});",
        "}",
    ),
    (
        "listeners of one receiver, handlers of one class",
        "export class K{close(){}m(){",
        "window.addEventListener('a{n}',this.h{n});",
        "}}",
    ),
    ("cases of one switch", "function f(x){switch(x){", "case {n}:g({n});break;", "}}"),
    ("properties of one literal", "const o={", "p{n}:{n},", "};"),
    ("functions in one literal", "export default {", "p{n}(){return this.p{m}()},", "}"),
    ("elements of one array", "const a=[", "{n},", "];"),
    ("fields of one object", "function f(o){", "o.p{n}=g({n});", "}"),
    (
        "one container filled again and again",
        "const m=new Map();export function f(k){",
        "m.set(k+{n},{n});",
        "}",
    ),
    (
        "containers of a module, filled by one function",
        "",
        "const m{n}=[];export function f{n}(k){m{n}.push(k)}",
        "",
    ),
    (
        "containers of one object, filled and emptied",
        "export class K{",
        "c{n}=new Map();s{n}(k){this.c{n}.set(k,1)}d{n}(k){this.c{n}.delete(k)}",
        "}",
    ),
    ("tries of one function", "function f(){", "try{g({n})}catch(e){h(e)}", "}"),
    ("loops of one function", "function f(a){", "for(const x of a){g(x,{n})}", "}"),
    (
        "timers of one function",
        "export function f(){",
        "const t{n}=setTimeout(()=>g({n}),1000);clearTimeout(t{n});",
        "}",
    ),
    ("one variable assigned again and again", "let v;export function f(){", "v=g({n});", "return v}"),
    ("a function called again and again", "function g(){setInterval(()=>g(),1)}", "g({n});", ""),
    ("callers of one function", "function g(){setInterval(()=>g(),1)}", "export function f{n}(){g({n})}", ""),
    ("a chain of calls", "", "function f{n}(){f{m}()}", ""),
    ("imports", "", "import {a{n}} from 'm{n}';a{n}();", ""),
    ("exports", "", "export const a{n}=()=>a{m};", ""),
    ("parameters of one function", "function f(", "p{n},", "p){setInterval(p,1)}"),
    ("arguments of one call", "f(", "()=>g({n}),", "1);"),
    (
        "promises that race",
        "const p=new Promise(()=>{});export async function f(q){",
        "await Promise.race([p,q({n})]);",
        "}",
    ),
    ("signals", "", "export function f{n}(s){s.addEventListener('abort',()=>g({n}))}", ""),
    ("sockets", "", "export function f{n}(u){const s=new WebSocket(u);s.onmessage=()=>g({n});}", ""),
    ("comments", "", "/* leaklint {n} */f({n});", ""),
    ("components with JSX", "", "export const A{n}=()=><div><p onClick={()=>f({n})}>{v}</p><i/></div>;", ""),
];

/// The same with units that are long or deep in themselves: as deep as is parsed, and no deeper.
fn repeated() -> Vec<Shape> {
    let shape = |name, unit: String| Shape { name, before: "", unit, behind: "", between: '\n' };
    let all =
        |begin: &str, part: &str, count: usize, end: &str| format!("{begin}{}{end}", part.repeat(count));
    let nested =
        |open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(200), close.repeat(200));
    vec![
        shape("long member chains", all("a{n}", ".b", 200, ";")),
        shape("long chains of calls", all("a{n}", ".on('x',()=>f())", 200, ";")),
        shape("long concatenations", all("s{n}='a'", "+'b'", 200, ";")),
        shape("long chains of else if", all("if(a==={n})f();", "else if(b)g();", 200, "")),
        shape("long chains of conditions", all("v=a{n}?1:", "b?2:", 200, "3;")),
        shape("nested functions", nested("function f{n}(){g();", "", "}")),
        shape("nested arrows with a timer", nested("()=>{", "setInterval(()=>f({n}),1)", "}") + ";"),
        shape("nested blocks", nested("{if(a)", "{f({n})}", "}")),
        shape("nested calls", nested("f(", "{n}", ")") + ";"),
        shape("nested literals", "x={n},".to_owned() + &nested("[{a:", "1", "}]") + ";"),
        shape("nested classes", nested("(class{m(){", "setInterval(()=>this.m(),1)", "}})") + ";"),
        shape("a long string", all("s{n}='", "setInterval", 1_000, "';")),
        shape("a long template", all("s{n}=`", "${a}setInterval", 200, "`;")),
        shape("a long expression", all("v=0", ",f{n}(()=>g())", 200, ";")),
    ]
}

/// Every shape.
pub fn shapes() -> Vec<Shape> {
    let plain = |between: char| {
        move |&(name, before, unit, behind): &(&'static str, &'static str, &str, &'static str)| Shape {
            name,
            before,
            unit: unit.to_owned(),
            behind,
            between,
        }
    };
    let mut all: Vec<Shape> = SHAPES.iter().map(plain('\n')).collect();
    all.extend(repeated());
    let one_line = SHAPES.iter().find(|shape| shape.0 == "modules of a bundle").map(plain(' '));
    all.extend(one_line.map(|shape| Shape { name: "one line", ..shape }));
    all
}

/// A text of about so many bytes.
pub fn text(shape: &Shape, size: usize) -> String {
    let mut text = format!(
        "require('http').createServer((q, s) => {{ setInterval(() => s.write(q.url), 1); }});{}\n",
        shape.before
    );
    for n in 0.. {
        if text.len() > size {
            break;
        }
        text.push_str(&shape.unit.replace("{n}", &n.to_string()).replace("{m}", &(n + 1).to_string()));
        text.push(shape.between);
    }
    text + shape.behind
}
