#: split file={dir}/disks/one file={dir}/disks/two
#- file={dir}/disks/three
h = connect()
assert h.get_size() == 8192
assert h.pread(3, 0) == b"one"
assert h.pread(3, 4096) == b"two"
h.pwrite(b"across", 4093)
assert contents("disks/one")[4093:] == b"acr"
assert contents("disks/two")[:3] == b"oss"
