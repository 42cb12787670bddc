package org.nbdcore.filter.readonly;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.filter.common.CapabilityDevice;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Opens for reading only, or watches a file. */
final class ReadonlyFilter implements Filter {

  private final Optional<Path> file;

  ReadonlyFilter(Optional<Path> file) {
    this.file = file;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    if (file.isPresent()) {
      return new ReadonlyDevice(next.open(request), file.get());
    }
    BlockDevice device = next.open(request.withReadOnly(true));
    return new CapabilityDevice(device, below -> below.withWrite(false));
  }
}
