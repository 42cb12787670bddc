#: before
sh("cd %s && head -c 300K disk >one && tail -c +307201 disk >two && bzip2 one two && cat one.bz2 two.bz2 >disk.bz2" % dir)
#: file {dir}/disk.bz2 --filter=bzip2
#- --filter=bzip2
h = connect()
assert h.get_size() == M
assert read_all(h) == contents("disk")
assert h.is_read_only()
