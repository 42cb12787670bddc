package org.nbdcore.filter.error;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * When and how one kind of request fails.
 *
 * @param operation its name
 * @param error the error that the client receives
 * @param rate probability, from 0 to 1
 * @param file that must exist
 */
record Injection(String operation, NbdError error, double rate, Optional<Path> file) {

  /** Throws the error with the configured probability, while the file exists. */
  void failAtRandom() throws NbdException {
    if (rate == 0 || rate < 1 && ThreadLocalRandom.current().nextDouble() >= rate) {
      return;
    }
    if (file.isPresent() && !Files.exists(file.get())) {
      return;
    }
    throw new NbdException(error, "injecting " + error + " error into " + operation);
  }
}
