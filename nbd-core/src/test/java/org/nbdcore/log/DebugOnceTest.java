package org.nbdcore.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nbdcore.server.QuietLog;
import org.nbdcore.spi.Log;

final class DebugOnceTest {

  @AfterEach
  void leaveTheLogAsOthersExpectIt() {
    QuietLog.install();
  }

  @Test
  void itIsLoggedOnceAndIsNoWarning() {
    List<String> lines = new ArrayList<>();
    Log.install(
        new Log.Backend() {
          @Override
          public boolean enabled(Log.Level level) {
            return true;
          }

          @Override
          public void log(Log.Level level, String name, String message, Throwable failure) {
            lines.add(level + " " + message);
          }
        });
    DebugOnce often = new DebugOnce("said");
    often.log();
    often.log();
    assertThat(lines).containsExactly("DEBUG said");
  }
}
