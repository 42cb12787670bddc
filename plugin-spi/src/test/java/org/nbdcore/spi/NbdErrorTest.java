package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class NbdErrorTest {

  @ParameterizedTest
  @CsvSource({
    "EPERM, 1",
    "EIO, 5",
    "ENOMEM, 12",
    "EINVAL, 22",
    "ENOSPC, 28",
    "EOVERFLOW, 75",
    "ENOTSUP, 95",
    "ESHUTDOWN, 108"
  })
  void numbersAreThoseOfTheProtocol(NbdError error, int number) {
    assertThat(error.wireValue()).isEqualTo(number);
    assertThat(NbdError.values()).hasSize(8);
  }

  @ParameterizedTest
  @EnumSource
  void errorIsFoundByItsNumber(NbdError error) {
    assertThat(NbdError.fromWire(error.wireValue())).isEqualTo(error);
    assertThat(NbdError.fromErrno(error.wireValue())).isEqualTo(error);
  }

  @Test
  void unknownNumberOnTheWireIsAnInvalidArgument() {
    assertThat(NbdError.fromWire(4711)).isEqualTo(NbdError.EINVAL);
  }

  @ParameterizedTest
  @CsvSource({
    "13, EPERM",
    "30, EPERM",
    "27, ENOSPC",
    "122, ENOSPC",
    "38, ENOTSUP",
    "2, EIO",
    "6, EIO",
    "0, EIO",
    "9999, EIO"
  })
  void linuxErrnosMapToTheNearestError(int errno, NbdError error) {
    assertThat(NbdError.fromErrno(errno)).isEqualTo(error);
  }

  @Test
  void exceptionKeepsErrorMessageAndCause() {
    Exception cause = new Exception("why");
    NbdException exception = new NbdException(NbdError.ENOSPC, "full", cause);
    assertThat(exception.error()).isEqualTo(NbdError.ENOSPC);
    assertThat(exception).hasMessage("full").hasCause(cause);
    assertThat(new NbdException(NbdError.EIO, "x").getCause()).isNull();
  }
}
