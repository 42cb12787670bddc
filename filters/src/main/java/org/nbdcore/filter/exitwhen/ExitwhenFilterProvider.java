package org.nbdcore.filter.exitwhen;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.InheritedDescriptors;
import org.nbdcore.spi.Parameter;
import org.nbdcore.system.PollCall;

/** Provides {@code --filter=exitwhen}. */
public final class ExitwhenFilterProvider implements FilterProvider {

  private static final Parameter<Path> CREATED =
      Parameter.path("exit-when-file-created", "Stop when this file exists.").repeatable();

  private static final Parameter<Path> DELETED =
      Parameter.path("exit-when-file-deleted", "Stop when this file does not exist.").repeatable();

  private static final Parameter<Integer> PIPE =
      Parameter.integer(
              "exit-when-pipe-closed",
              3,
              Integer.MAX_VALUE,
              "Stop when the pipe with this file descriptor as its read end is closed.")
          .map(Long::intValue)
          .placeholder("FD")
          .alias("exit-when-fd-closed")
          .repeatable();

  private static final Parameter<Long> PROCESS =
      Parameter.integer(
              "exit-when-process-exits",
              1,
              Integer.MAX_VALUE,
              "Stop when the process with this id ends.")
          .placeholder("PID")
          .alias("exit-when-pid-exits")
          .repeatable();

  private static final Parameter<String> SCRIPT =
      Parameter.string(
              "exit-when-script",
              "Stop when this shell command exits with status 88; 0 means not yet.")
          .placeholder("SCRIPT")
          .repeatable();

  private static final Parameter<Long> POLL =
      Parameter.integer(
              "exit-when-poll",
              1,
              TimeUnit.DAYS.toSeconds(365),
              "Interval between checks while there is no client, in seconds.")
          .placeholder("SECS")
          .defaultValue(60L);

  @Override
  public String name() {
    return "exitwhen";
  }

  @Override
  public String description() {
    return "stop the server when an external event occurs";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(CREATED, DELETED, PIPE, PROCESS, SCRIPT, POLL);
  }

  @Override
  public void dump(DumpSink out) {
    for (String event :
        List.of("file_created", "file_deleted", "process_exits", "pipe_closed", "script")) {
      out.put("exitwhen_" + event, "yes");
    }
  }

  @Override
  public Filter create(Config config) throws ConfigException {
    List<ExitCondition> events = new ArrayList<>();
    config.all(CREATED).forEach(file -> events.add(ExitCondition.created(file)));
    config.all(DELETED).forEach(file -> events.add(ExitCondition.deleted(file)));
    for (int descriptor : config.all(PIPE)) {
      if (!InheritedDescriptors.contains(descriptor) || !PollCall.isOpen(descriptor)) {
        throw new ConfigException(
            "exit-when-pipe-closed must be a file descriptor that is open, not " + descriptor);
      }
      events.add(ExitCondition.pipeClosed(descriptor));
    }
    config.all(PROCESS).forEach(pid -> events.add(ExitCondition.processExits(pid)));
    config.all(SCRIPT).forEach(script -> events.add(new ScriptCondition(script)));
    return new ExitwhenFilter(events, TimeUnit.SECONDS.toNanos(config.get(POLL)));
  }
}
