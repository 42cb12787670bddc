#: -r memory 1M
#- -r
h = connect()
assert h.is_read_only()
fails(errno.EPERM, h.pwrite, bytes(512), 0)

#: --no-sr memory 1M
#- --no-sr
assert not connect().get_structured_replies_negotiated()

#: --no-mc memory 1M
#- --no-mc
h = connect()
assert h.get_structured_replies_negotiated()
assert not h.can_meta_context("base:allocation")

#: --mask-handshake=0 memory 1M
#- --mask-handshake
assert connect().get_protocol() == "newstyle"

#: -o memory 1M
#- -o
assert connect().get_protocol() == "oldstyle"

#: -o -n memory 1M
#- -n
assert connect().get_protocol() == "newstyle-fixed"

#: --export=chosen memory 1M
#- --export
assert "/chosen?" in os.environ["uri"], os.environ["uri"]

#: --timeout=1 memory 1M
#- --timeout
s = socket.socket(socket.AF_UNIX)
s.settimeout(float(os.environ["timeout"]))
s.connect(os.environ["unixsocket"])
assert len(s.recv(18)) > 0
try:
    ended = s.recv(1) == b""
except socket.timeout:
    ended = False
assert ended

#: --threads=1 memory 1M --filter=delay delay-read=200ms
#- --threads
h = connect()
buffers = [nbd.Buffer(512) for i in range(3)]
start = time.monotonic()
cookies = [h.aio_pread(buffer, 0) for buffer in buffers]
while cookies:
    h.poll(-1)
    for cookie in list(cookies):
        if h.aio_command_completed(cookie):
            cookies.remove(cookie)
assert time.monotonic() - start > 0.5

#: --keepalive -p 0 -i 127.0.0.1 memory 1M
#- --keepalive
port = int(os.environ["port"])
s = socket.create_connection(("127.0.0.1", port))
assert len(s.recv(18)) > 0
assert timer(port, s.getsockname()[1]) == "02"

#: -v -D nbdkit.environ=1 memory 1M
#- nbdkit.environ=0
connect()
#: after
assert "debug: nbd-core " in text("messages")
assert "debug: PATH=" in text("messages")
