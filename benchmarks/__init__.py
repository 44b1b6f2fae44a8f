"""How fast Comity's engines are, beside public discrete-event simulators and a C++ port, all measured in one run."""
