#: memory 1M --filter=cacheextents --filter=log logfile={dir}/log
#- --filter=cacheextents
h = connect()
h.pwrite(b"x", 512 * K)
assert extents(h, M, one=True)[0][1] == 3
assert extents(h, M - 4096, 4096, one=True)[0][1] == 3
assert len(entries("Extents")) == 1
