#: before
sh("cd %s && split -b 64K disk piece. && lzip piece.* && cat piece.*.lz >disk.lz" % dir)
#: file {dir}/disk.lz --filter=lzip lzip-max-block=64K
#- --filter=lzip lzip-max-block=65535
h = connect()
assert h.get_size() == M
assert h.pread(512 * K, 1000) == contents("disk")[1000:][:512 * K]
assert h.is_read_only()

#: before
write("disk.img", PATTERN)
sh("lzip --member-size=100KiB %s/disk.img" % dir)
#: file {dir}/disk.img.lz --filter=lzip lzip-max-block=512K
#- lzip-max-block
fails(None, connect)

#: before
sh("cd %s && split -b 64K disk piece. && lzip piece.* && cat piece.*.lz >disk.lz" % dir)
#: file {dir}/disk.lz --filter=lzip lzip-max-depth=2 --filter=log logfile={dir}/log
#- lzip-max-depth
h = connect()
for member in 0, 1, 0, 2, 0:
    h.pread(512, member * 64 * K + 1000)
before = len(entries("Read"))
h.pread(512, 64 * K)
assert len(entries("Read")) > before
