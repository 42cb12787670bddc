#: memory 1M --filter=ip allow=uid:{uid} deny=all
#- allow
connect()

#: memory 1M --filter=ip allow=uid:4242,pid:1,gid:4242 deny=anyunix
#- --filter=ip deny
fails(None, connect)
