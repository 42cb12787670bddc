package org.nbdcore.filter.error;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Creates devices with the configured error injections. */
final class ErrorFilter implements Filter {

  final Injection read;
  final Injection write;
  final Injection trim;
  final Injection zero;
  final Injection extents;
  final Injection cache;

  ErrorFilter(
      Injection read,
      Injection write,
      Injection trim,
      Injection zero,
      Injection extents,
      Injection cache) {
    this.read = read;
    this.write = write;
    this.trim = trim;
    this.zero = zero;
    this.extents = extents;
    this.cache = cache;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return new ErrorDevice(next.open(request), this);
  }
}
