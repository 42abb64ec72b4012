import { createBrowserRouter, Navigate } from 'react-router';
import { EmptyState } from './pieces/empty-state.tsx';
import { Shell } from './shell/shell.tsx';

/** All addresses of the page. Each screen is a file of its own, fetched when it is first gone to. */
export const pageRouter = createBrowserRouter([
  {
    Component: Shell,
    HydrateFallback: () => null,
    children: [
      { index: true, element: <Navigate to="/clouds" replace /> },
      {
        path: 'clouds',
        lazy: async () => ({ Component: (await import('./screens/clouds/clouds-screen.tsx')).CloudsScreen }),
      },
      {
        path: 'inventory',
        lazy: async () => ({ Component: (await import('./screens/inventory/inventory-screen.tsx')).InventoryScreen }),
      },
      {
        path: 'plans',
        lazy: async () => ({ Component: (await import('./screens/plans/plans-screen.tsx')).PlansScreen }),
      },
      {
        path: 'plans/:planId',
        lazy: async () => ({ Component: (await import('./screens/plans/plan-screen.tsx')).PlanScreen }),
      },
      {
        path: 'run/:planId?',
        lazy: async () => ({ Component: (await import('./screens/run/run-screen.tsx')).RunScreen }),
      },
      {
        path: 'resources/:uuid?',
        lazy: async () => ({ Component: (await import('./screens/resource/resource-screen.tsx')).ResourceScreen }),
      },
      {
        path: 'fidelity',
        lazy: async () => ({ Component: (await import('./screens/fidelity/fidelity-screen.tsx')).FidelityScreen }),
      },
      {
        path: 'audit',
        lazy: async () => ({ Component: (await import('./screens/audit/audit-screen.tsx')).AuditScreen }),
      },
      {
        path: 'clean-up',
        lazy: async () => ({ Component: (await import('./screens/clean-up/clean-up-screen.tsx')).CleanUpScreen }),
      },
      {
        path: '*',
        element: <EmptyState title="There is no such screen">Choose one at the left.</EmptyState>,
      },
    ],
  },
]);
