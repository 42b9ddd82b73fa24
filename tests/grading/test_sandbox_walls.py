"""Out of a sandbox there is no way: programs that try, as root and as an ordinary user."""

import ctypes
import errno
import os
import socket
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from sandboxes import HERE, USERS, Box, commands_running, needs_linux, script, warm

import minigrad
from minigrad.course.exercise import registry
from minigrad.grading.record import Limits
from minigrad.grading.sandbox import files, linux, seccomp, start

pytestmark = needs_linux
seconds = count(1_000_000)  # that `sleep` is asked for: by them a process is found again


@pytest.fixture(scope="module", params=USERS)
def zygote(request, tmp_path_factory):
    os.environ["PASSWORD_OF_THE_GRADER"] = "tell nobody"
    with warm(request.param) as zygote:
        yield zygote
    del os.environ["PASSWORD_OF_THE_GRADER"]


@pytest.fixture
def box(zygote):
    with Box(zygote) as box:
        yield box


def test_a_sandbox_says_which_isolation_is_in_use(zygote):
    assert zygote.isolation.startswith("Isolated by Linux namespaces")
    assert ("seccomp" in zygote.isolation) == bool(seccomp.program())


def test_files_of_the_machine_are_not_there(box, tmp_path):
    secret = tmp_path / "gradebook.db"
    secret.write_text("marks")
    secret.chmod(0o644)
    repository = Path(minigrad.__file__).parents[1]
    paths = [secret, tmp_path, Path.home() / ".bashrc", repository / "solutions", repository / "tests", "/etc/shadow",
             "/var", "/sys", "/run", "/home", "/old", "/dev/sda", "/dev/mem", "/dev/tty", "/dev/kmsg"]  # fmt: skip
    assert box.value(f"""
import os, json
print(json.dumps([path for path in {[str(path) for path in paths]} if os.path.exists(path)]))""") == []
    libraries = [Path(path) for path in (sys.prefix, sys.base_prefix, *sys.path, minigrad.__file__)]
    there = {path.parts[2] for path in libraries if path.is_relative_to("/tmp")}
    assert set(box.value("print(json.dumps(os.listdir('/tmp')))")) <= {"work", *there}


def test_nothing_but_its_own_folders_can_be_written(box):
    package = Path(minigrad.__file__).parent
    folders = ["/", "/usr", "/usr/lib", "/etc", "/dev", "/proc", "/proc/sys/kernel", f"{sys.prefix}/lib", f"{package}",
               f"{package}/course/exercises", f"{sys.base_prefix}/lib"]  # fmt: skip
    assert box.value(f"""
import json, os
written = []
for folder in {folders}:
    try:
        open(folder + "/planted", "w").close()
        written.append(folder)
    except OSError:
        pass
for path in ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", {str(package / "__init__.py")!r}]:
    try:
        open(path, "a").close()
        written.append(path)
    except OSError:
        pass
written += [path for path in ("/", "/usr", "/proc", "/dev") if not os.statvfs(path).f_flag & os.ST_RDONLY]
print(json.dumps(written))""") == []


def test_each_submission_is_nobody_who_may_do_anything(box):
    status = box.value("""
import json
print(json.dumps(dict(line[:-1].split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)))""")
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == ("2" if seccomp.program() else "0")
    assert set(status["Uid"].split()).isdisjoint({"0", str(os.getuid())} if os.getuid() == 0 else {"0"})


def test_what_the_filter_forbids_is_refused(box):
    column = seccomp.MACHINES.get(os.uname().machine, (None,))[0]
    if column is None:
        pytest.skip("the calls of this kind of machine are not listed")
    calls = {name: numbers[column] for name, numbers in (seccomp.FORBIDDEN | seccomp.UNKNOWN).items()}
    answers = box.value(f"""
import ctypes, json
libc = ctypes.CDLL(None, use_errno=True)
def answer(number):
    ctypes.set_errno(0)
    return [libc.syscall(number, 0, 0, 0, 0, 0, 0), ctypes.get_errno()]
print(json.dumps({{name: answer(number) for name, number in {calls}.items()}}))""")
    assert {name: answer for name, answer in answers.items() if name in seccomp.FORBIDDEN and answer != [-1, 1]} == {}
    assert {name: answer for name, answer in answers.items() if name in seccomp.UNKNOWN and answer != [-1, 38]} == {}
    assert box.value("print(json.dumps([answer(number)[1] for number in (600, 0x40000000 + 39)]))") == [38, 38]


def test_no_namespace_can_be_made_by_clone(box):
    number = {"x86_64": 56, "aarch64": 220}.get(os.uname().machine)
    if number is None:
        pytest.skip("the calls of this kind of machine are not listed")
    assert box.value(f"""
import ctypes, json
libc = ctypes.CDLL(None, use_errno=True)
print(json.dumps([[libc.syscall({number}, flag | 17, 0, 0, 0, 0), ctypes.get_errno()]
                  for flag in (0x00020000, 0x10000000, 0x20000000, 0x40000000)]))""") == [[-1, 1]] * 4


def test_nothing_answers_on_the_network(box):
    with (socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local):
        local.bind("\0minigrad-test")
        local.listen()
        assert box.value(f"""
import json, socket
reached = []
for family, address in ((socket.AF_INET, ("127.0.0.1", {server.getsockname()[1]})), (socket.AF_INET, ("8.8.8.8", 53)),
                        (socket.AF_UNIX, "\\0minigrad-test")):
    with socket.socket(family) as one:
        one.settimeout(1)
        try:
            one.connect(address)
            reached.append(address)
        except OSError:
            pass
for family in (16, 17, 38, 40):  # the kernel's, raw packets, its cryptography, and the host of a virtual machine
    try:
        socket.socket(family, socket.SOCK_STREAM if family == 40 else socket.SOCK_RAW).close()
        reached.append(family)
    except OSError:
        pass
print(json.dumps(reached))""") == []


def test_only_its_own_processes_are_seen_and_can_be_ended(box):
    assert box.value("""
import json, os, signal
for process in range(-1, 40):
    if process not in (0, os.getpid()):
        try:
            os.kill(process, signal.SIGKILL)
        except OSError:
            pass
print(json.dumps(sorted(int(name) for name in os.listdir("/proc") if name.isdigit())))""") == [1, 2]


def test_the_guard_shows_nothing_of_itself(box):
    assert box.value("""
import json
seen = []
for name in ("mem", "environ", "maps", "fd/0", "root/etc", "cwd/x"):
    try:
        open("/proc/1/" + name, "rb").close()
        seen.append(name)
    except OSError:
        pass
print(json.dumps(seen))""") in ([], ["environ"], ["maps"])


def test_nothing_of_the_graders_is_inherited(box):
    environment, links = box.value("""
import json, os
links = []
for name in os.listdir("/proc/self/fd"):
    try:
        links.append(os.readlink("/proc/self/fd/" + name).split(":")[0].split("/#")[0])
    except OSError:
        pass
print(json.dumps([dict(os.environ), links]))""")
    assert "tell nobody" not in environment.values()
    assert set(environment) <= {*start.environment(), "LC_CTYPE", "COLUMNS", "LINES"}
    assert links.count("socket") == 1 and set(links) <= {"socket", "/dev/null", "/tmp"}


def test_right_answers_are_nowhere_on_its_disk(box):
    package = Path(minigrad.__file__).parent
    assert box.value(f"""
import json, os, sys
found = []
for top in ({str(package)!r}, {sys.prefix!r}, *sys.path):
    for folder, folders, names in os.walk(top):
        if "/minigrad/course" in folder:
            found += [name for name in names if name.startswith(("ex0", "ex1", "lesson0", "lesson1"))]
print(json.dumps(found))""") == []
    assert "ModuleNotFoundError" in box.text("import minigrad.course.exercises.ex01_requires_grad")


def test_right_answers_are_nowhere_in_its_memory(box):
    lines = {line.strip() for exercise in registry().values() for line in exercise.reference.splitlines()}
    longest = sorted(lines, key=len)[-12:]
    halves = [[line[: len(line) // 2], line[len(line) // 2 :]] for line in longest]
    assert box.value(f"""
import json, re
halves = [[one.encode() for one in pair] for pair in {halves}]
found = 0
with open("/proc/self/mem", "rb", 0) as memory:
    for start, end, mode in re.findall(r"^(\\w+)-(\\w+) (\\S+)", open("/proc/self/maps").read(), re.M):
        if not mode.startswith("rw"):
            continue
        try:
            memory.seek(int(start, 16))
            piece = memory.read(int(end, 16) - int(start, 16))
        except OSError:
            continue
        for first, second in halves:
            place = piece.find(first)
            while place >= 0:
                found += piece.startswith(second, place + len(first))
                place = piece.find(first, place + 1)
        del piece
print(json.dumps([found, len(halves)]))""") == [0, 12]


def test_two_sandboxes_at_once_know_nothing_of_each_other(zygote):
    with Box(zygote) as one, Box(zygote) as other:
        one.text("""
import os, socket
for folder in (".", "/tmp", "/dev/shm"):
    open(folder + "/left_here", "w").write("for you")
listening = socket.socket(socket.AF_UNIX)
listening.bind("\\0left-here")
listening.listen()
os.environ["LEFT"] = "here"
import builtins
builtins.left_here = 1""")
        assert other.value("""
import builtins, json, os, socket
found = [path for path in ("left_here", "/tmp/left_here", "/dev/shm/left_here") if os.path.exists(path)]
with socket.socket(socket.AF_UNIX) as one:
    try:
        one.connect("\\0left-here")
        found.append("socket")
    except OSError:
        pass
found += [name for name in os.listdir("/proc") if name.isdigit() and int(name) > 2]
print(json.dumps([*found, "LEFT" in os.environ, hasattr(builtins, "left_here")]))""") == [False, False]
        assert one.text("os.getuid()") != other.text("os.getuid()") or "of its own" not in zygote.isolation


DAEMON = """
import os, signal, subprocess
if not os.fork():
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if not os.fork():
        subprocess.Popen(["sleep", "{}"], start_new_session=True)
        os._exit(0)
    os._exit(0)
os.wait()
"""


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is only one processor")
def test_each_of_two_sandboxes_has_a_processor_that_it_cannot_leave(zygote):
    with Box(zygote) as one, Box(zygote) as other:
        places = [box.text("import os\nos.sched_getaffinity(0)") for box in (one, other)]
        assert len(set(places)) == 2 and all(place.count(",") == 0 for place in places)
        if seccomp.program():
            assert one.text("os.sched_setaffinity(0, range(64))").startswith("PermissionError")


def test_nothing_outlives_its_sandbox(zygote):
    mark = str(next(seconds))
    with Box(zygote) as box:
        box.text(DAEMON.format(mark))
        until = time.monotonic() + 5
        while not commands_running(mark) and time.monotonic() < until:
            time.sleep(0.01)
        assert len(commands_running(mark)) == 1
    assert commands_running(mark) == []


GRADER = """
import sys
sys.path.insert(0, {here!r})
from sandboxes import Box, warm
with warm({user!r}) as zygote, Box(zygote) as box:
    box.text({daemon!r})
    print("ready", flush=True)
    box.text("while True: pass")
"""


@pytest.mark.parametrize("user", USERS)
def test_nothing_outlives_a_grader_that_is_killed(user):
    mark = str(next(seconds))
    program = GRADER.format(here=str(HERE), user=user, daemon=DAEMON.format(mark))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as grader:
        assert grader.stdout.readline() == b"ready\n"
        until = time.monotonic() + 5
        while not commands_running(mark) and time.monotonic() < until:
            time.sleep(0.01)
        assert commands_running(mark)
        grader.kill()
    until = time.monotonic() + 5
    while commands_running(mark) and time.monotonic() < until:
        time.sleep(0.01)
    assert commands_running(mark) == []


def test_a_warm_process_that_has_died_is_started_again(zygote):
    zygote.process.kill()
    zygote.process.wait()
    zygote.revive()
    with Box(zygote) as box:
        assert box.text("1 + 1") == "2"


def test_where_namespaces_are_refused_one_sentence_says_so_and_names_the_way_out():
    if not seccomp.program():
        pytest.skip("needs a filter that refuses them")
    with pytest.raises(start.Refused) as refused, warm(USERS[0], *script("without_namespaces.py")):
        pass
    text = str(refused.value)
    assert "Operation not permitted" in text and "--no-sandbox" in text
    assert text.count(".") == 1 and text.endswith(".") and "\n" not in text


def test_a_warm_process_that_cannot_start_is_no_traceback(monkeypatch):
    monkeypatch.setattr(start, "START", "import no_such_module  # {path} {module}")
    with pytest.raises(start.Refused, match=r"^The process that runs submissions does not start: .*no_such_module'\.$"):
        start.Zygote().wait()


def test_right_answers_are_hidden_by_each_of_their_names(tmp_path, monkeypatch):
    libraries = tmp_path / "lib" / "site-packages"
    (libraries / "minigrad" / "course" / "exercises").mkdir(parents=True)
    (tmp_path / "lib64").symlink_to("lib")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "path", [*sys.path, str(libraries)])
    monkeypatch.setattr(files, "readable", files.readable.__wrapped__)
    names = {str(Path(path).relative_to(tmp_path)) for path in files.hidden() if Path(path).is_relative_to(tmp_path)}
    assert names == {f"{lib}/site-packages/minigrad/course/exercises" for lib in ("lib", "lib64")}


def test_of_an_environment_in_a_course_folder_only_python_is_seen(tmp_path, monkeypatch):
    for name in ("bin", "lib", "source", "submitted"):
        (tmp_path / name).mkdir()
    (tmp_path / "gradebook.db").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    inside = {Path(path).name for path in files.readable.__wrapped__() if Path(path).is_relative_to(tmp_path)}
    assert inside == {"bin", "lib"}


def test_files_come_along_and_none_leaves_its_folder(zygote):
    inside, outside = {"data.csv": b"1,2", "parts/utils.py": b"x = 3"}, ("../outside", "/tmp/absolute", "a/../../up")
    with Box(zygote, files=inside | {name: b"x" for name in outside}) as box:
        assert box.value("""
import json, os
from parts.utils import x
found = [os.path.join(folder, name) for folder, _, names in os.walk(".") for name in names if "pyc" not in name]
print(json.dumps([sorted(found), x, os.listdir("/tmp")]))""")[:2] == [
            ["./data.csv", "./parts/utils.py"], 3]  # fmt: skip
        assert box.value("print(json.dumps([*map(os.path.exists, ('/tmp/outside', '/tmp/absolute', '/tmp/up'))]))") == [
            False, False, False]  # fmt: skip


def test_large_files_do_not_count_as_disk_that_was_used(zygote):
    with Box(zygote, Limits(disk=1), {"large.bin": bytes(3 * 2**20)}) as box:
        assert box.text("open('own', 'wb').write(bytes(500_000))") == "500000"


def test_a_kernel_that_grants_no_more_namespaces_is_not_said_to_have_a_full_disk(monkeypatch):
    def refuse(_):
        ctypes.set_errno(errno.ENOSPC)
        return -1

    monkeypatch.setattr(linux, "_libc", SimpleNamespace(unshare=refuse))
    with pytest.raises(OSError, match="new namespaces of users: there may be no more of them here"):
        linux.unshare(linux.NEW_USERS, "namespaces of users")
