package org.nbdcore.plugin.data;

import java.util.HashMap;
import java.util.Map;

/** The names in scope: those defined in the current parentheses, and in all enclosing ones. */
final class NameScope {

  private final NameScope outer;
  private final Map<String, Expression> names = new HashMap<>();

  NameScope(NameScope outer) {
    this.outer = outer;
  }

  void define(String name, Expression expression) {
    names.put(name, expression);
  }

  /** The value of a name, or null. */
  Expression find(String name) {
    Expression found = names.get(name);
    return found != null || outer == null ? found : outer.find(name);
  }
}
