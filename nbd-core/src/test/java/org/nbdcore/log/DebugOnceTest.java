package org.nbdcore.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nbdcore.server.QuietLog;
import org.nbdcore.testkit.CapturedLog;

final class DebugOnceTest {

  @AfterEach
  void restoreLog() {
    QuietLog.install();
  }

  @Test
  void messageIsLoggedOnceAtDebugLevel() {
    CapturedLog log = CapturedLog.start();
    DebugOnce debugOnce = new DebugOnce("said");
    debugOnce.log();
    debugOnce.log();
    assertThat(log.withLevels()).containsExactly("DEBUG said");
  }
}
