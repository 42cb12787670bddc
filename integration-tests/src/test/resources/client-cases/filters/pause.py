#: memory 1M --filter=pause pause-control={dir}/control
#- --filter=pause
def control(command):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(dir + "/control")
        s.send(command)
        return s.recv(1)

h = connect()
assert control(b"p") == b"P"
start = time.monotonic()
threading.Timer(0.2, control, [b"r"]).start()
h.pread(512, 0)
assert time.monotonic() - start > 0.15
