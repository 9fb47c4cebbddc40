//! Work grows with the size of a file, and no faster: many alike things of each kind, as bundles and generated code have
//! them. Four times the text may take four times as long; work that looks at all things for each thing takes sixteen times.

use leaklint::linter;
use leaklint::settings::Settings;
use leaklint::source::Language;
use std::time::{Duration, Instant};

/// What a shape is called, what stands before its units, one of them, and what stands behind. `{n}` is the unit's number and
/// `{m}` the next.
type Shape = (&'static str, &'static str, &'static str, &'static str);

const SHAPES: &[Shape] = &[
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
];

/// Bytes of the smaller text; the larger is four times as long.
const SIZE: usize = 60_000;

/// Between linear work and work that grows with the square.
const MOST: f64 = 8.0;

/// How often a suspicious measurement is repeated: other work on the machine disturbs single runs, but not each of them.
const TRIES: usize = 4;

fn text((_, before, unit, behind): &Shape, size: usize) -> String {
    let mut text = format!(
        "require('http').createServer((q, s) => {{ setInterval(() => s.write(q.url), 1); }});{before}\n"
    );
    for n in 0.. {
        if text.len() > size {
            break;
        }
        text.push_str(&unit.replace("{n}", &n.to_string()).replace("{m}", &(n + 1).to_string()));
        text.push('\n');
    }
    text + behind
}

/// What this thread has spent on a processor, where the system tells; elsewhere the time.
fn spent(since: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

fn time(text: &str, settings: &Settings) -> Duration {
    let since = Instant::now();
    let before = spent(since);
    let linted = linter::lint(text, Language::JavaScript, settings);
    let after = spent(since);
    assert!(linted.parsed && linted.diagnostics.iter().all(|found| found.rule != "syntax-error"));
    after.saturating_sub(before)
}

/// How much longer four times the text takes, in the best of some tries.
fn growth(shape: &Shape, settings: &Settings) -> f64 {
    let (small, large) = (text(shape, SIZE), text(shape, 4 * SIZE));
    let (mut of_small, mut of_large) = (Duration::MAX, Duration::MAX);
    let mut least = f64::MAX;
    for _ in 0..TRIES {
        of_small = of_small.min(time(&small, settings));
        of_large = of_large.min(time(&large, settings));
        least = of_large.as_secs_f64() / of_small.as_secs_f64();
        if least < MOST {
            break;
        }
    }
    least
}

#[test]
fn no_shape_grows_faster_than_its_text() {
    let measure = || {
        let settings = Settings::new().unwrap();
        let grown = SHAPES.iter().map(|shape| (shape.0, growth(shape, &settings)));
        grown.filter(|(_, growth)| *growth >= MOST).collect::<Vec<_>>()
    };
    let steep =
        std::thread::Builder::new().stack_size(512 * 1024 * 1024).spawn(measure).unwrap().join().unwrap();
    assert!(steep.is_empty(), "four times the text takes so many times as long: {steep:.1?}");
}
