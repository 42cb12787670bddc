#: memory 1M --filter=cache cache=unsafe --filter=log logfile={dir}/log
#- --filter=cache cache
h = connect()
h.pwrite(b"x" * 64 * K, 0)
h.flush()
assert entries("Write") == []

#: file {dir}/disk --filter=cache cache-on-read=true cache-min-block-size=4K --filter=log logfile={dir}/log
#- --filter=cache cache-on-read cache-min-block-size
h = connect()
h.pread(512, 5000)
h.pread(512, 6000)
assert lengths("Read") == [4096]

#: file {dir}/disk --filter=cache cache-on-read=true cache-max-size=256K --filter=log logfile={dir}/log
#- --filter=cache cache-max-size
h = connect()
for i in range(16):
    h.pread(64 * K, i * 64 * K)
h.pread(512, 15 * 64 * K)
assert len(entries("Read")) == 16
h.pread(512, 0)
assert len(entries("Read")) == 17

#: file {dir}/disk --filter=cache cache-on-read=true cache-max-size=1M cache-high-threshold=50 cache-low-threshold=40 --filter=log logfile={dir}/log
#- cache-high-threshold
h = connect()
for i in range(10):
    h.pread(64 * K, i * 64 * K)
h.pread(512, 0)
assert len(entries("Read")) == 11

#: file {dir}/disk --filter=cache cache-on-read=true cache-max-size=1M cache-low-threshold=10 --filter=log logfile={dir}/log
#- cache-low-threshold
h = connect()
for i in range(16):
    h.pread(64 * K, i * 64 * K)
h.pread(512, 8 * 64 * K)
assert len(entries("Read")) == 17
