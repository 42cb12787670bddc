#: before
sh("cd %s && qemu-img convert -O qcow2 disk image && rm disk" % dir)
#: file {dir}/image --filter=qcow2dec
#- --filter=qcow2dec
h = connect()
assert h.get_size() == len(PATTERN)
assert h.pread(len(PATTERN) - 1000, 1000) == PATTERN[1000:]
assert h.is_read_only()

#: before
write("disk", PATTERN[:300000] + bytes(4 * M) + PATTERN[300000:])
sh("cd %s && qemu-img convert -c -o compat=0.10,cluster_size=4k -O qcow2 disk image" % dir)
#: file {dir}/image --filter=qcow2dec
#- --filter=qcow2dec
h = connect()
assert h.get_size() == 5 * M
assert h.pread(M, 4 * M) == contents("disk")[4 * M:]
assert [kind for length, kind in extents(h, 5 * M)] == [0, 3, 0]

#: before
write("disk", PATTERN)
sh("cd %s && qemu-img convert -c -o compression_type=zstd -O qcow2 disk image" % dir)
assert len(contents("image")) < M  # so it is compressed
#: file {dir}/image --filter=qcow2dec
#- --filter=qcow2dec
h = connect()
assert h.get_size() == M
assert read_all(h) == PATTERN
