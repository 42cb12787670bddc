#: memory 1M --filter=openonce --filter=log logfile={dir}/log
#- --filter=openonce
connect().shutdown()
connect().pread(512, 0)
assert text("log").count(" Connect ") == 1, text("log")
