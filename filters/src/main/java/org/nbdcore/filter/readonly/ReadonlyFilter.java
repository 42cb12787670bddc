package org.nbdcore.filter.readonly;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Opens the disk for reading only, or has every change wait for a file's absence. */
final class ReadonlyFilter implements Filter {

  private final Optional<Path> file;

  ReadonlyFilter(Optional<Path> file) {
    this.file = file;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    if (file.isPresent()) {
      return new SwitchedDevice(next.open(request), file.get());
    }
    return CapabilityDevice.of(
        next.open(request.withReadOnly(true)), below -> below.withWrite(false));
  }
}
