package org.nbdcore.example.scratch;

import java.util.Arrays;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.ThreadModel;

/** The state that all connections share: here, the contents of the disk. */
final class ScratchPlugin implements Plugin {

  private final byte[] contents;

  ScratchPlugin(int size, byte fill) {
    contents = new byte[size];
    Arrays.fill(contents, fill);
  }

  /** The simplest safe choice: the server makes one call at a time. */
  @Override
  public ThreadModel threadModel() {
    return ThreadModel.SERIALIZE_ALL_REQUESTS;
  }

  @Override
  public BlockDevice open(OpenRequest request) {
    return new ScratchDevice(contents);
  }
}
