import '@mantine/core/styles.css';
import './page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const place = document.getElementById('page');
if (place === null) throw new Error('cannot show the page: index.html has no element `page`');
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
