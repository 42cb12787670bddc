package org.nbdcore.filter.readonly;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.RequestType;
import org.nbdcore.spi.helpers.BlockDevices;

/** Opens the disk for reading only, or has every change wait for a file's absence. */
final class ReadonlyFilter implements Filter {

  private final Optional<Path> file;

  ReadonlyFilter(Optional<Path> file) {
    this.file = file;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    if (file.isPresent()) {
      Path path = file.get();
      return BlockDevices.checked(
          next.open(request), (type, offset, length) -> refuseWhileExists(path, type));
    }
    return CapabilityDevice.of(
        next.open(request.withReadOnly(true)), below -> below.withWrite(false));
  }

  private static void refuseWhileExists(Path file, RequestType type) throws NbdException {
    if (type.modifies() && Files.exists(file)) {
      throw new NbdException(NbdError.EPERM, "the disk is read-only while " + file + " exists");
    }
  }
}
