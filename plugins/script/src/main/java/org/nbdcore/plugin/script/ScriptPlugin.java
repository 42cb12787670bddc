package org.nbdcore.plugin.script;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;

/** A configured script: its folder exists, and it has received all parameters. */
final class ScriptPlugin implements Plugin {

  private static final Log LOG = Log.of("script");

  private final ScriptRunner runner;
  private final WorkingDirectory workingDirectory;

  /** The replies of the script for each connected client. */
  private final Map<Session, DefaultExport> defaultExports =
      Collections.synchronizedMap(new WeakHashMap<>());

  private ThreadModel threadModel = ThreadModel.SERIALIZE_ALL_REQUESTS;

  private record DefaultExport(boolean tls, String name) {}

  ScriptPlugin(ScriptSource script, WorkingDirectory workingDirectory) {
    this.runner = new ScriptRunner(script, workingDirectory);
    this.workingDirectory = workingDirectory;
  }

  /**
   * Passes the parameters to the script.
   *
   * @param parameters in order; one with an empty key is a bare word
   */
  void configure(List<Config.Entry> parameters) throws IOException, ConfigException {
    String magic = null;
    for (Config.Entry parameter : parameters) {
      String key = parameter.key();
      if (key.isEmpty()) {
        magic = magic == null ? magicKey(parameter.value()) : magic;
        key = magic;
      }
      if (!runner.perform(Session.DETACHED, "config", key, parameter.value())) {
        throw new ConfigException(
            "'"
                + key
                + "' is not a parameter: "
                + runner.name()
                + " has no method config to take it");
      }
    }
  }

  private String magicKey(String word) throws IOException, ConfigException {
    MethodResult answer = runner.call(Session.DETACHED, "magic_config_key");
    runner.refuseFalse("magic_config_key", answer.kind());
    if (answer.missing() || answer.text().isEmpty()) {
      throw new ConfigException(
          runner.name() + " takes no bare word, only key=value: '" + word + "' has no key");
    }
    return answer.handle();
  }

  /** Calls {@code config_complete} and the methods that depend on the parameters. */
  void complete() throws IOException {
    perform("config_complete");
    MethodResult answer = runner.call(Session.DETACHED, "thread_model");
    runner.refuseFalse("thread_model", answer.kind());
    if (!answer.missing()) {
      String name = answer.text().strip().toUpperCase(Locale.ROOT);
      for (ThreadModel model : ThreadModel.values()) {
        threadModel = model.name().equals(name) ? model : threadModel;
      }
    }
  }

  void perform(String method) throws IOException {
    runner.perform(Session.DETACHED, method);
  }

  /** The output of the script for {@code --dump-plugin}. */
  void dump(DumpSink out) throws IOException {
    for (String line : runner.call(Session.DETACHED, "dump_plugin").text().lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        out.put(line.substring(0, equals), line.substring(equals + 1));
      } else {
        out.error("dump_plugin must print key=value, not '" + line + "'");
      }
    }
  }

  @Override
  public ThreadModel threadModel() {
    return threadModel;
  }

  @Override
  public void start(StartContext context) throws IOException {
    perform("get_ready");
    perform("after_fork");
  }

  @Override
  public void preconnect(Session session) throws IOException {
    runner.perform(session, "preconnect", Boolean.toString(session.readOnly()));
  }

  @Override
  public List<Export> listExports(OpenRequest request) throws IOException {
    MethodResult answer = ask("list_exports", request);
    if (!answer.missing()) {
      return ExportLines.checked(answer.lines());
    }
    try {
      return List.of(Export.of(defaultExport(request)));
    } catch (IOException e) {
      LOG.debug(() -> "no default export, so none is listed: " + e.getMessage());
      return List.of();
    }
  }

  /** Queries the script once for each connection, and again after it is encrypted. */
  @Override
  public String defaultExport(OpenRequest request) throws IOException {
    DefaultExport known = defaultExports.get(request.session());
    if (known == null || known.tls() != request.tls()) {
      List<Export> exports = ExportLines.parse(ask("default_export", request).lines());
      String name = exports.isEmpty() ? "" : exports.get(0).name();
      known = new DefaultExport(request.tls(), name);
      if (request.session() != Session.DETACHED) {
        defaultExports.put(request.session(), known);
      }
    }
    return known.name();
  }

  private MethodResult ask(String method, OpenRequest request) throws IOException {
    MethodResult answer =
        runner.call(
            request.session(),
            method,
            Boolean.toString(request.readOnly()),
            Boolean.toString(request.tls()));
    runner.refuseFalse(method, answer.kind());
    return answer;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    return ScriptDevice.open(runner, request);
  }

  @Override
  public void close() throws IOException {
    try {
      runner.call(Session.DETACHED, "unload");
    } catch (IOException e) {
      // Its errors are ignored: the program ends.
    } finally {
      workingDirectory.close();
    }
  }
}
