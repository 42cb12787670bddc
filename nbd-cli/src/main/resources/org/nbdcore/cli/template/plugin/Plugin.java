package com.example;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.ThreadModel;

/** The state that all connections share: here, the contents of the disk. */
final class @Class@Plugin implements Plugin {

  private final byte[] contents;

  @Class@Plugin(int size) {
    contents = new byte[size];
  }

  /** The server makes one call at a time. The default is PARALLEL, for thread-safe devices. */
  @Override
  public ThreadModel threadModel() {
    return ThreadModel.SERIALIZE_ALL_REQUESTS;
  }

  @Override
  public BlockDevice open(OpenRequest request) {
    return new @Class@Device(contents);
  }
}
