#: memory 1M --filter=readonly
#- --filter=readonly
assert connect().is_read_only()

#: memory 1M --filter=readonly readonly-file={dir}/old
#- --filter=readonly readonly-file
h = connect()
assert not h.is_read_only()
fails(errno.EPERM, h.pwrite, b"x", 0)
os.remove(dir + "/old")
h.pwrite(b"x", 0)
