#: memory 1M --filter=log logfile={dir}/old logappend=true
#- --filter=log logappend
connect().pread(512, 1024)
assert text("old").startswith("old\n")
assert "Read id=1 offset=0x400 count=0x200" in text("old"), text("old")

#: memory 1M --filter=log logfile={dir}/log
#- --filter=log logfile
connect().pread(512, 0)
assert len(entries("Read")) == 1

#: memory 1M --filter=log 'logscript=echo "$type $act $offset $count" >> {dir}/said'
#- --filter=log logscript
connect().pread(512, 1024)
assert "ENTER Read 0x400 0x200" in text("said")
