package org.nbdcore.client.cli;

import java.io.PrintStream;
import org.nbdcore.client.copy.CopyProgress;

/**
 * Shows the progress of a copy a few times per second: as a bar on a terminal, or as numbers for a
 * program.
 */
public final class ProgressBar implements CopyProgress {

  private static final int WIDTH = 40;
  private static final long INTERVAL_NANOS = 200_000_000;

  private final PrintStream out;
  private final boolean machine;
  private int shown = -1;
  private long shownAt;
  private boolean dirty;

  /**
   * Creates a progress bar.
   *
   * @param machine true to print lines {@code N/100} instead of a bar
   */
  public ProgressBar(PrintStream out, boolean machine) {
    this.out = out;
    this.machine = machine;
  }

  @Override
  public void advanced(long done, long total) {
    if (total < 0) {
      unknown(done);
      return;
    }
    int percent = total == 0 ? 100 : (int) (done * 100.0 / total);
    if (percent == shown) {
      return;
    }
    if (machine) {
      shown = percent;
      out.print(percent + "/100\n");
      out.flush();
    } else if (due() || percent == 100) {
      shown = percent;
      int full = percent * WIDTH / 100;
      String bar = "#".repeat(full) + "-".repeat(WIDTH - full);
      draw(NumberFormat.padLeft(Integer.toString(percent), 3) + "% [" + bar + "]");
    }
  }

  private void unknown(long done) {
    if (!machine && due()) {
      draw((done >> 20) + " MiB");
    }
  }

  private boolean due() {
    long now = System.nanoTime();
    if (dirty && now - shownAt < INTERVAL_NANOS) {
      return false;
    }
    shownAt = now;
    return true;
  }

  private void draw(String line) {
    out.print("\r" + line);
    out.flush();
    dirty = true;
  }

  /** Ends the bar's line. Call this before you print anything else. */
  public void end() {
    if (dirty) {
      out.print("\n");
      out.flush();
    }
  }
}
