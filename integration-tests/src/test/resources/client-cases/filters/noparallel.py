#: memory 1M --filter=noparallel serialize=connections
#- --filter=noparallel serialize
assert not connect().can_multi_conn()

#: memory 1M --filter=noparallel --filter=delay rdelay=200ms
#- --filter=noparallel
h = connect()
started = time.monotonic()
done = []
for i in range(2):
    h.aio_pread(nbd.Buffer(512), 0, completion=lambda error: done.append(error.value) or 1)
while len(done) < 2:
    h.poll(-1)
assert time.monotonic() - started > 0.38
