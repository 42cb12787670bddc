package org.nbdcore.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nbdcore.server.QuietLog;
import org.nbdcore.testkit.CapturedLog;

final class DebugOnceTest {

  @AfterEach
  void leaveTheLogAsOthersExpectIt() {
    QuietLog.install();
  }

  @Test
  void itIsLoggedOnceAndIsNoWarning() {
    CapturedLog log = CapturedLog.start();
    DebugOnce often = new DebugOnce("said");
    often.log();
    often.log();
    assertThat(log.withLevels()).containsExactly("DEBUG said");
  }
}
