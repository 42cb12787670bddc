package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class SystemLogHandlerTest {

  @Test
  void messagesOfALayerBeginWithItsName() {
    List<String> lines = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("org.nbdcore");
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    try {
      SystemLogHandler backend = new SystemLogHandler();
      backend.log(Log.Level.ERROR, "", "there is no export 'c'", null);
      backend.log(Log.Level.WARN, "file", "the disk is full", null);
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
    assertThat(lines)
        .containsExactly("SEVERE there is no export 'c'", "WARNING file: the disk is full");
  }
}
