#: file {dir}/disk --filter=truncate truncate=100000
#- --filter=truncate truncate
assert connect().get_size() == 100000

#: file {dir}/disk --filter=truncate round-up=3000000
#- --filter=truncate round-up
h = connect()
assert h.get_size() == 3000000
assert h.pread(512, M) == bytes(512)
fails(errno.ENOSPC, h.pwrite, b"x", M)

#: file {dir}/disk --filter=truncate round-down=600000
#- --filter=truncate round-down
assert connect().get_size() == 600000
