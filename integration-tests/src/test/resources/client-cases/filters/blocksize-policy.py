#: memory 1M --filter=blocksize-policy blocksize-minimum=4K blocksize-preferred=64K blocksize-maximum=256K
#- --filter=blocksize-policy blocksize-minimum blocksize-preferred blocksize-maximum
h = connect()
assert h.get_block_size(nbd.SIZE_MINIMUM) == 4096
assert h.get_block_size(nbd.SIZE_PREFERRED) == 64 * K
assert h.get_block_size(nbd.SIZE_MAXIMUM) == 256 * K

#: memory 1M --filter=blocksize-policy blocksize-minimum=4K blocksize-error-policy=error
#- --filter=blocksize-policy blocksize-minimum blocksize-error-policy
h = connect()
fails(errno.EINVAL, h.pread, 512, 0)
h.pread(4096, 0)

#: memory 1M --filter=blocksize-policy blocksize-write-disconnect=128K
#- --filter=blocksize-policy blocksize-write-disconnect
h = connect()
h.pwrite(bytes(128 * K), 0)
fails(None, h.pwrite, bytes(128 * K + 1), 0)
fails(None, h.pread, 512, 0)
