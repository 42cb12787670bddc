#: before
write("map", b"0x0 + 1\n0x0 0x10000 +\n0x10000 0x1000 -\n0x11000 0xef000 +\n")
#: file {dir}/disk --filter=ddrescue ddrescue-mapfile={dir}/map
#- --filter=ddrescue
h = connect()
h.pread(64 * K, 0)
fails(errno.EIO, h.pread, 512, 64 * K)
assert h.is_read_only()
