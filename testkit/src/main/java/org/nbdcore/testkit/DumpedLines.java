package org.nbdcore.testkit;

import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Experimental;

/** Collects what a plugin or filter prints for {@code --dump-plugin}. */
@Experimental
public final class DumpedLines implements DumpSink {

  private final List<String> lines = new ArrayList<>();

  /**
   * What was printed, in order: {@code key=value}, {@code ERROR message}, {@code FAILED message}.
   */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void put(String key, String value) {
    lines.add(key + "=" + value);
  }

  @Override
  public void error(String message) {
    lines.add("ERROR " + message);
  }

  @Override
  public void failed(String message) {
    lines.add("FAILED " + message);
  }
}
