"""Runs a program on a terminal of its own, waits for its question, sends bytes or a signal, and prints what was seen."""
import base64, json, os, pty, select, signal, sys, termios, time

given = json.loads(sys.stdin.read())
master, slave = pty.openpty()
before = termios.tcgetattr(slave)
child = os.fork()
if child == 0:
    os.setsid()
    os.close(master)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.execvp(given["command"][0], given["command"])
out, pending, sent = b"", base64.b64decode(given["send"]), False
status, end = None, time.time() + 60
while time.time() < end:
    asked = given["wait"].encode() in out
    readable, writable, _ = select.select([master], [master] if asked and pending else [], [], 0.05)
    if readable:
        out += os.read(master, 65536)
    if writable:
        pending = pending[os.write(master, pending[:1024]):]
    if asked and not sent and given.get("signal"):
        os.kill(child, given["signal"])
        sent = True
    done, code = os.waitpid(child, os.WNOHANG)
    if done:
        status = code
        break
if status is None:
    os.kill(child, signal.SIGKILL)
while select.select([master], [], [], 0.2)[0]:
    out += os.read(master, 65536)
after = termios.tcgetattr(slave)
# What a shell would read next: everything that was typed and not taken.
mode = termios.tcgetattr(slave)
mode[3] &= ~termios.ICANON
termios.tcsetattr(slave, termios.TCSANOW, mode)
left = os.read(slave, 65536) if select.select([slave], [], [], 0.3)[0] else b""
print(json.dumps({
    "output": out.decode("utf8", "replace"),
    "code": None if status is None or not os.WIFEXITED(status) else os.WEXITSTATUS(status),
    "signal": None if status is None or not os.WIFSIGNALED(status) else os.WTERMSIG(status),
    "restored": before == after,
    "left": len(left) + len(pending),
}))
