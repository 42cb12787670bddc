package org.nbdcore.filter.ip;

import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=ip}. */
public final class IpFilterProvider implements FilterProvider {

  private static final String FORM = "SOURCE[,...]";

  private static final String SOURCES =
      " A source is all, allipv4, allipv6, allunix, loopback, loopbackipv4, loopbackipv6, an"
          + " address such as 10.0.0.1 or ::1, a network such as 10.0.0.0/8, uid:UID, gid:GID,"
          + " pid:PID, dn:WILDCARD or issuer-dn:WILDCARD.";

  private static final Parameter<List<ClientRule>> ALLOW =
      Parameter.of("allow", FORM, "Clients to accept." + SOURCES, RuleParser::parse).repeatable();

  private static final Parameter<List<ClientRule>> DENY =
      Parameter.of("deny", FORM, "Clients to reject, unless allow matches them.", RuleParser::parse)
          .repeatable();

  private static final DebugFlag RULES =
      DebugFlag.of("rules", "Show which rule accepted or rejected each client");

  @Override
  public String name() {
    return "ip";
  }

  @Override
  public String description() {
    return "accept or reject clients by address, user, process or certificate";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(ALLOW, DENY);
  }

  @Override
  public List<DebugFlag> debugFlags() {
    return List.of(RULES);
  }

  @Override
  public Filter create(Config config) {
    return new IpFilter(flat(config.all(ALLOW)), flat(config.all(DENY)), config.debug(RULES) != 0);
  }

  private static List<ClientRule> flat(List<List<ClientRule>> lists) {
    List<ClientRule> all = new ArrayList<>();
    lists.forEach(all::addAll);
    return List.copyOf(all);
  }
}
