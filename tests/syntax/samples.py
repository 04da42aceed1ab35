"""A few lines of every language, with something that is not ASCII in each, for the laws."""

from __future__ import annotations

SAMPLES = {
    "python": '''\
import os


class Lock(Base):
    """Ein Schloß."""

    limit = 3

    @property
    def holder(self):  # who
        return f"{self.name!r} {1}"

    async def acquire(self):
        if self.free:
            held = [1, 2, (3, "s")]
        else:
            pass
''',
    "javascript": """\
import { Base } from "./base";

/** Ein Schloß. */
export class Lock extends Base {
  #n = 1;
  async acquire(a, { b } = {}) { return `x${a}y` + /re/.test(b); }
}
const f = (x) => ({ a: [1, 2, "s"], ...x });
""",
    "typescriptreact": """\
interface I<T> { a?: number; m(x: T): void }
export const A: FC<P> = ({ a }) => <b c={1}>é {a} text</b>;
""",
    "rust": """\
/// Ein Schloß.
#[derive(Debug)]
pub struct Lock<'a, T> { n: &'a T }

impl<'a, T> Lock<'a, T> {
    fn f(&self) -> u8 { match self.n { Some(1) => r#"raw"#, _ => 'c' } }
}
""",
    "go": """\
package a

// F ist schön.
func (l *Lock[T]) F(a int) (err error) {
	x := []string{"a", `raw`}
	return nil
}
""",
    "java": """\
class A<T> {
    /** Schön. */
    @Override public void f(T a) throws E { int x = 1; String s = "a"; run(() -> { }); }
}
""",
    "c": """\
#include <a.h>
#define F(x) \\
  (x)
/* Schön. */
static int f(int a) { return a ? "s"[0] : 'c'; }
""",
    "cpp": """\
namespace a { template <class T> class L : public B { L() : x(1) {} ~L(); auto s = R"(raw)"; }; }
int a::L<T>::f(int x) const { return x; } // schön
""",
}
