#: info mode=exportname
#- mode=version
assert read_all(connect("a name")) == b"a name"

#: info mode=base64exportname
#- mode
assert read_all(connect("AP9iYXNlNjQ=")) == b"\0\xffbase64"

#: info mode=address
#- mode
assert read_all(connect()) == b"unix"

#: info mode=version
#- mode
assert re.fullmatch(rb"\d+\.\d+\.\d+.*", read_all(connect()))

#: info mode=time
#- mode=uptime
seconds, micros = struct.unpack(">QI", read_all(connect()))
assert abs(seconds - time.time()) < 60
assert micros < 1000000

#: info mode=uptime
#- mode=conntime
first = connect()
time.sleep(0.2)
before = read_time(first)
second = connect()
assert before <= read_time(second) < 1e8

#: info mode=conntime
#- mode mode=uptime
first = connect()
time.sleep(0.2)
second = connect()
younger = read_time(second)
assert read_time(first) - younger >= 0.2
