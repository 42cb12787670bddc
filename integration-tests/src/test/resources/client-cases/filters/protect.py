#: memory 1M --filter=protect protect=0-511 protect=~0-0x7ffff
#- --filter=protect protect
h = connect()
fails(errno.EPERM, h.pwrite, b"x", 511)
fails(errno.EPERM, h.pwrite, b"x", 512 * K)
h.pwrite(b"x", 512)
h.pwrite(bytes(512), 0)
