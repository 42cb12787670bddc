package org.nbdcore.plugin.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.NbdError;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.SystemCalls;

final class SystemErrorsTest {

  @ParameterizedTest
  @CsvSource({
    "No space left on device, ENOSPC",
    "Disk quota exceeded, ENOSPC",
    "File too large, ENOSPC",
    "Read-only file system, EPERM",
    "Operation not permitted, EPERM",
    "Input/output error, EIO",
    "Something nobody has heard of, EIO"
  })
  void systemMessageMapsToAnNbdError(String text, NbdError error) {
    IOException failure = new IOException(text);
    assertThat(SystemErrors.failed("writing x", failure).error()).isEqualTo(error);
    assertThat(SystemErrors.failed("writing x", failure))
        .hasMessage("writing x: " + text)
        .hasCause(failure);
  }

  @Test
  void reasonOfAFileSystemExceptionIsUsed() {
    IOException failure = new FileSystemException("/f", null, "Read-only file system");
    assertThat(SystemErrors.number(failure)).isEqualTo(30);
    assertThat(SystemErrors.writeRefused(failure)).isTrue();
    assertThat(SystemErrors.writeRefused(new AccessDeniedException("/f"))).isTrue();
    assertThat(SystemErrors.writeRefused(new IOException("No space left on device"))).isFalse();
  }

  @Test
  void exceptionWithoutAMessageIsNamedByItsClass() {
    assertThat(SystemErrors.failed("opening x", new AccessDeniedException("/f")))
        .hasMessage("opening x: AccessDeniedException");
  }

  @Test
  void errorNumberIsTranslatedToTheSystemsText() {
    assumeTrue(SystemCalls.expected());
    assertThat(ErrorText.known(28)).isNotBlank();
    assertThat(SystemErrors.failed("x", 28)).hasMessage("x: " + ErrorText.known(28));
  }
}
