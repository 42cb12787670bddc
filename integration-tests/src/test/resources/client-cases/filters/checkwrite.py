#: file {dir}/disk --filter=checkwrite
#- --filter=checkwrite
h = connect()
h.pwrite(PATTERN[:4096], 0)
fails(errno.EIO, h.pwrite, b"other", 0)
sh('nbdcopy "$uri" "$uri"')
