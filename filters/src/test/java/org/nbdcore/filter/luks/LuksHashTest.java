package org.nbdcore.filter.luks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.TestSession;

@Timeout(60)
@Tag("newest")
final class LuksHashTest {

  @Test
  void keyDerivationStopsWhenTheClientDisconnects() {
    AtomicInteger checks = new AtomicInteger();
    TestSession session =
        new TestSession() {
          @Override
          public void requireConnected() throws NbdException {
            if (checks.incrementAndGet() == 3) {
              disconnectClient();
            }
            super.requireConnected();
          }
        };
    assertThatThrownBy(
            () ->
                LuksHash.of("sha256")
                    .key(new byte[8], new byte[32], Integer.MAX_VALUE, 32, session))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ESHUTDOWN));
    assertThat(checks).hasValue(3);
  }
}
