#: memory 1M --filter=delay delay-read=120ms delay-write=120ms delay-zero=120ms delay-trim=120ms delay-cache=120ms delay-extents=120ms
#- --filter=delay delay-read delay-write delay-zero delay-trim delay-cache delay-extents
h = connect()
assert seconds(h.pread, 512, 0) > 0.1
assert seconds(h.pwrite, b"x", 0) > 0.1
assert seconds(h.zero, 512, 0) > 0.1
assert seconds(h.trim, 512, 0) > 0.1
assert seconds(h.cache, 512, 0) > 0.1
assert seconds(extents, h, 512) > 0.1

#: memory 1M --filter=delay rdelay=120ms wdelay=120ms delay-open=200ms
#- --filter=delay rdelay wdelay delay-open
assert seconds(connect) > 0.18
h = connect()
assert seconds(h.pread, 512, 0) > 0.1
for request in h.zero, h.trim:
    assert seconds(request, 512, 0) > 0.1
assert seconds(h.pwrite, b"x", 0) > 0.1

#: memory 1M --filter=delay rdelay=120ms delay-trigger={dir}/trigger
#- delay-trigger
h = connect()
assert within(0.1, h.pread, 512, 0)
write("trigger", b"")
assert seconds(h.pread, 512, 0) > 0.1

#: memory 1M --filter=delay delay-close=200ms delay-fast-zero=false --filter=log logfile={dir}/log
#- --filter=delay delay-close delay-fast-zero
h = connect()
fails(errno.ENOTSUP, h.zero, 512, 0, nbd.CMD_FLAG_FAST_ZERO)
start = time.monotonic()
h.shutdown()
eventually(lambda: "Disconnect" in text("log"))
assert time.monotonic() - start > 0.15
