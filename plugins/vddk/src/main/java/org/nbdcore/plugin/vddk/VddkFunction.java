package org.nbdcore.plugin.vddk;

/** The functions of VDDK that the plugin calls. The library must contain all of them. */
enum VddkFunction {
  INIT_EX("InitEx"),
  EXIT("Exit"),
  LIST_TRANSPORT_MODES("ListTransportModes"),
  GET_ERROR_TEXT("GetErrorText"),
  FREE_ERROR_TEXT("FreeErrorText"),
  ALLOCATE_CONNECT_PARAMS("AllocateConnectParams"),
  FREE_CONNECT_PARAMS("FreeConnectParams"),
  CONNECT_EX("ConnectEx"),
  DISCONNECT("Disconnect"),
  OPEN("Open"),
  CLOSE("Close"),
  CREATE("Create"),
  GET_TRANSPORT_MODE("GetTransportMode"),
  GET_INFO("GetInfo"),
  FREE_INFO("FreeInfo"),
  READ("Read"),
  WRITE("Write"),
  FLUSH("Flush"),
  READ_ASYNC("ReadAsync"),
  WRITE_ASYNC("WriteAsync"),
  WAIT("Wait"),
  QUERY_ALLOCATED_BLOCKS("QueryAllocatedBlocks"),
  FREE_BLOCK_LIST("FreeBlockList");

  private final String shortName;

  VddkFunction(String shortName) {
    this.shortName = shortName;
  }

  /** Without the prefix, as in statistics. */
  String shortName() {
    return shortName;
  }

  /** As in the library. */
  String symbol() {
    return "VixDiskLib_" + shortName;
  }

  boolean movesData() {
    return this == READ || this == WRITE || this == READ_ASYNC || this == WRITE_ASYNC;
  }

  /** True if the statistics count bytes: transferred ones, or those of an allocation query. */
  boolean countsBytes() {
    return movesData() || this == QUERY_ALLOCATED_BLOCKS;
  }
}
