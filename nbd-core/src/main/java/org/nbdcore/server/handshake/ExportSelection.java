package org.nbdcore.server.handshake;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nbdcore.log.ServerLog;
import org.nbdcore.server.export.Admission;
import org.nbdcore.server.export.ConnectionSession;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.server.export.ServedChain;
import org.nbdcore.server.failure.ClientDisconnectedException;
import org.nbdcore.server.failure.ClientRejectedException;
import org.nbdcore.server.failure.CloseQuietly;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

/**
 * Finds and opens the export that a client names. It keeps a device that {@code INFO} has opened
 * for the {@code GO} that usually follows, because opening can be slow.
 */
final class ExportSelection implements Closeable {

  /** Maximum number of characters of an export's name in messages. */
  private static final int SHOWN = 100;

  private final HandshakeSettings settings;
  private final HandshakeWire wire;
  private final ConnectionSession session;
  private final Admission admission;
  private boolean tls;
  private String chainDefault; // queried from the chain once; null until then
  private OpenExport opened;

  ExportSelection(
      HandshakeSettings settings,
      HandshakeWire wire,
      ConnectionSession session,
      Admission admission) {
    this.settings = settings;
    this.wire = wire;
    this.session = session;
    this.admission = admission;
  }

  /** True if the connection is encrypted. */
  boolean tls() {
    return tls;
  }

  /** Call this after STARTTLS. Closes a device that was opened before. */
  void encrypted() {
    close();
    chainDefault = null;
    tls = true;
  }

  private OpenRequest request(String name, ServedChain chain) {
    return OpenRequest.of(name, session).withReadOnly(chain.readOnly()).withTls(tls);
  }

  /**
   * Resolves a name. The empty name means, in this order: the export that the user has set, the
   * export with the empty name, the default export of the chain for all other names, or the only
   * export.
   */
  String resolve(String name) throws IOException {
    if (!name.isEmpty()) {
      return name;
    }
    String fixed = settings.exportName();
    if (!fixed.isEmpty()) {
      return fixed;
    }
    ServedChain others = settings.exports().others();
    List<ServedChain> named = settings.exports().named();
    if (others == null) {
      return named.size() == 1 ? named.get(0).export().name() : "";
    }
    if (settings.exports().find("") != others) {
      return "";
    }
    if (chainDefault == null) {
      use(others);
      others.locks().enter();
      try {
        chainDefault = others.top().defaultExport(request("", others));
      } finally {
        others.locks().exit();
      }
    }
    return chainDefault;
  }

  /**
   * The exports to list: those with a name, then those that the chain for all other names lists.
   * Omits exports that have failed, because clients that open every listed export stop at the first
   * failure. A client that names such an export gets the reason.
   */
  List<Export> list() throws IOException {
    Map<String, Export> all = new LinkedHashMap<>();
    Set<String> hidden = new HashSet<>();
    for (ServedChain chain : settings.exports().named()) {
      String name = chain.export().name();
      if (mayUse(chain) && chain.state() != ServedChain.State.FAILED) {
        all.put(name, chain.export());
      } else {
        hidden.add(name);
      }
    }
    ServedChain others = settings.exports().others();
    if (others == null || !mayUse(others)) {
      return List.copyOf(all.values());
    }
    List<Export> listed;
    try {
      listed = listed(others);
    } catch (ClientDisconnectedException e) {
      throw e;
    } catch (IOException e) {
      if (all.isEmpty()) {
        throw e;
      }
      ServerLog.LOG.error("listing the exports of " + others + ": " + Failures.message(e));
      return List.copyOf(all.values());
    }
    if (all.isEmpty() && hidden.isEmpty()) {
      return listed;
    }
    for (Export export : listed) {
      if (!hidden.contains(export.name())) {
        all.putIfAbsent(export.name(), export);
      }
    }
    return List.copyOf(all.values());
  }

  private List<Export> listed(ServedChain others) throws IOException {
    use(others);
    others.locks().enter();
    try {
      return others.top().listExports(request("", others));
    } finally {
      others.locks().exit();
    }
  }

  private boolean mayUse(ServedChain chain) {
    try {
      chain.check(session);
      return true;
    } catch (ClientRejectedException e) {
      return false;
    }
  }

  /** Enters a chain, which may block for a long time. */
  private void use(ServedChain chain) throws IOException {
    if (admission.chain() != chain) {
      close();
      wire.flush();
      admission.enter(chain);
    }
  }

  /**
   * Returns the open device of an export, and opens it if necessary. This object owns it until
   * {@link #take}.
   */
  OpenExport open(String name) throws IOException {
    session.setExportName(name);
    ServedChain chain = useFor(name);
    if (opened != null && opened.name.equals(name)) {
      return opened;
    }
    close();
    wire.flush(); // opening may take long, so send the pending replies first
    session.openStarts(wire::clientLeft);
    try {
      opened = OpenExport.open(chain.top(), request(name, chain), chain.locks());
    } finally {
      session.openEnded();
    }
    return opened;
  }

  private ServedChain find(String name) throws NbdException {
    ServedChain chain = settings.exports().find(name);
    if (chain == null) {
      throw unknown(name);
    }
    return chain;
  }

  /** Enters the chain of a name. If the export is replaced at this moment, enters the new chain. */
  private ServedChain useFor(String name) throws IOException {
    ServedChain chain = find(name);
    while (true) {
      try {
        use(chain);
        return chain;
      } catch (IOException e) {
        ServedChain now = find(name);
        if (now == chain) {
          throw e;
        }
        chain = now;
      }
    }
  }

  private static NbdException unknown(String name) {
    return new NbdException(
        NbdError.EINVAL,
        name.isEmpty()
            ? "this server has several exports and no default; choose one by its name"
            : "there is no export '" + shown(name) + "'");
  }

  /** Shortens a name for messages, because a client can send a very long one. */
  static String shown(String name) {
    return name.length() <= SHOWN
        ? name
        : name.substring(0, SHOWN) + "... (" + name.length() + " characters)";
  }

  /** Returns the open export; the caller owns it from now on. */
  OpenExport take() {
    OpenExport taken = opened;
    opened = null;
    return taken;
  }

  /** Closes the export if no one has taken it over. */
  @Override
  public void close() {
    if (opened != null) {
      CloseQuietly.quietly(opened);
      opened = null;
    }
  }
}
