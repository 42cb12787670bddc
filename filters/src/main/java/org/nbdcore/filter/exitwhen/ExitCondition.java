package org.nbdcore.filter.exitwhen;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.nbdcore.system.PollCall;

/** A condition outside the server that ends it. */
@FunctionalInterface
interface ExitCondition {

  /** True if the event has occurred. Called by one thread at a time. */
  boolean happened();

  static ExitCondition created(Path file) {
    return () -> Files.exists(file);
  }

  static ExitCondition deleted(Path file) {
    return () -> Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
  }

  static ExitCondition processExits(long pid) {
    return () -> ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true);
  }

  static ExitCondition pipeClosed(int descriptor) {
    return () -> PollCall.hungUp(descriptor);
  }
}
