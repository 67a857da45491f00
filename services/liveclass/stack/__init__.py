"""The whole system on one machine: Triton and both services as child processes.

`liveclass up`, `liveclass demo` and the end-to-end tests run on it. It is Linux's, as the Triton that comes as a
package is.
"""

from liveclass.stack.ports import Ports, StackError
from liveclass.stack.stack import DECLARATION, Stack

__all__ = ["DECLARATION", "Ports", "Stack", "StackError"]
