#: before
write("disk.img", PATTERN)
sh("xz --block-size=64KiB %s/disk.img" % dir)
#: file {dir}/disk.img.xz --filter=xz
#- --filter=xz
h = connect()
assert h.get_size() == len(PATTERN)
assert h.pread(512 * K, 1000) == PATTERN[1000:][:512 * K]
assert h.is_read_only()

#: before
write("one", PATTERN[:100000])
write("two", PATTERN[100000:])
sh("cd %s && xz --check=sha256 -9 one && xz --x86 --lzma2=preset=1 two && cat one.xz two.xz >disk.xz" % dir)
#: file {dir}/disk.xz --filter=xz xz-max-block=1M
#- xz-max-block=900000 --filter=xz
hs = [connect() for i in range(3)]
for h in hs:
    assert h.pread(200000, 50000) == PATTERN[50000:250000]

#: before
sh("xz -k --block-size=64KiB %s/disk" % dir)
#: file {dir}/disk.xz --filter=xz xz-max-block=65535
#- xz-max-block
fails(None, connect)

#: before
sh("xz -k --block-size=64KiB %s/disk" % dir)
#: file {dir}/disk.xz --filter=xz xz-max-depth=2 --filter=log logfile={dir}/log
#- --filter=xz xz-max-depth
h = connect()
for block in 0, 1, 0, 2, 0:
    h.pread(512, block * 64 * K + 1000)
before = len(entries("Read"))
h.pread(512, 64 * K)
assert len(entries("Read")) > before
before = len(entries("Read"))
h.pread(64 * K, 64 * K)
h.pread(64 * K, 0)
assert len(entries("Read")) == before
assert h.pread(300 * K, 0) == contents("disk")[:300 * K]

#: before
packed = sh("cd %s && xz -kc --block-size=64KiB disk" % dir)
damaged = bytearray(packed)
damaged[len(packed) // 2] ^= 1
write("disk.xz", damaged)
#: file {dir}/disk.xz --filter=xz
#- --filter=xz
h = connect()
fails(errno.EIO, h.pread, M, 0)
assert h.pread(64 * K, 0) == contents("disk")[:64 * K]
