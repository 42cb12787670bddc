package com.example;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** The state that all connections share: here, the key. */
final class @Class@Filter implements Filter {

  private final int key;

  @Class@Filter(int key) {
    this.key = key;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return new @Class@Device(next.open(request), key);
  }
}
