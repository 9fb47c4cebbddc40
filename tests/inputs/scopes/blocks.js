// Blocks, loops, switch, catch, labels.
let a = 0;
{
  let a = 1;
  {
    const a = 2;
    use(a);
  }
  use(a);
}
use(a);

for (let a = a0(), b = 1; a < b; a++) {
  use(a, b);
  let b = a;
  use(b);
}
for (const a of list()) use(a);
for (const { a, ...others } of [list]) use(a, others);
for (a of list()) use(a);
for ({ a, b: [a], ...a } of list()) use(a);
for (var v in { a }) use(v);
use(v);
for (let i = 0; ; i++) {
  later(() => i);
  if (i) break;
}
while (a) {
  let a = 3;
  var fromLoop = a;
}
do {
  var fromDo = a;
} while (fromDo < fromLoop);

switch (a) {
  case a: {
    let a = 4;
    use(a);
  }
  case 5:
    let scoped = a;
    use(scoped);
    break;
  default:
    use(scoped);
}

try {
  var fromTry = a;
} catch (a) {
  use(a);
  var inCatch = a;
} finally {
  use(fromTry, inCatch);
}
try {
} catch ({ message: a, ...b }) {
  use(a, b);
  {
    let a = b;
    use(a);
  }
}
try {
} catch {
  use(a);
}

a: for (;;) {
  b: {
    if (a) break a;
    break b;
  }
  continue a;
}

if (a) var conditional = a;
else use(conditional);

function varThrough() {
  if (a) {
    for (;;) {
      try {
        var a = 5;
      } catch (e) {
        var f = e || a;
      }
    }
  }
  return a;
}
varThrough(a0, later, list, use);

{
  using handle = open(a);
  use(handle);
}
async () => {
  await using handle = open(a);
  use(handle);
};
